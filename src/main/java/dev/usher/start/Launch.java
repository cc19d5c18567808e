package dev.usher.start;

import java.lang.reflect.InvocationTargetException;
import java.net.URLClassLoader;

/**
 * Where {@code java -jar usher.jar} begins: puts a faster class loader in the place of
 * Spring Boot's and starts the gateway in it. Out of a jar that was unpacked, or on any
 * class path, it starts the gateway and nothing else.
 */
public final class Launch {

	private static final String APPLICATION = "dev.usher.UsherApplication";

	/** The class loader of Spring Boot's launchers. */
	private static final String LAUNCHED = "org.springframework.boot.loader.launch.LaunchedClassLoader";

	private Launch() {
	}

	public static void main(String[] args) throws Throwable {
		ClassLoader loader = Launch.class.getClassLoader();
		if (loader instanceof URLClassLoader urls && loader.getClass().getName().equals(LAUNCHED)) {
			loader = new GatewayClassLoader(urls.getURLs(), loader.getParent());
			Thread.currentThread().setContextClassLoader(loader);
		}
		try {
			Class.forName(APPLICATION, true, loader).getMethod("main", String[].class).invoke(null, (Object) args);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
