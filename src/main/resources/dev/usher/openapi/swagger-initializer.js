window.onload = () => {
	window.ui = SwaggerUIBundle({
		url: "/openapi",
		dom_id: "#swagger-ui",
		deepLinking: true,
		presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
		plugins: [SwaggerUIBundle.plugins.DownloadUrl],
		layout: "StandaloneLayout",
		// No look at the document by a server on the internet.
		validatorUrl: null,
	});
};
