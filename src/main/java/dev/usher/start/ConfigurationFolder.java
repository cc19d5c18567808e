package dev.usher.start;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.springframework.boot.system.ApplicationHome;

/**
 * Has {@code application.yaml} looked for beside the jar as well. Spring Boot looks in
 * the working directory alone, which of a service is {@code /}: a file beside the jar
 * would be passed over in silence, and its limits with it.
 */
public final class ConfigurationFolder {

	private static final String PROPERTY = "spring.config.location";

	private static final String CLASS_PATH = "optional:classpath:/;optional:classpath:/config/";

	private static final String WORKING_DIRECTORY = "optional:file:./;optional:file:./config/;optional:file:./config/*/";

	private ConfigurationFolder() {
	}

	/**
	 * The default of {@code spring.config.location}: Spring Boot's own places, and before
	 * the working directory, which wins, the folder of the jar and its {@code config}.
	 * @param application the class that was started
	 * @return empty where it was started from no jar, or the folder is the working
	 * directory
	 */
	public static Map<String, Object> of(Class<?> application) {
		File jar = new ApplicationHome(application).getSource();
		Path folder = (jar != null && jar.isFile()) ? jar.toPath().toAbsolutePath().getParent() : null;
		return (folder == null || isWorkingDirectory(folder)) ? Map.of() : beside(folder);
	}

	static Map<String, Object> beside(Path folder) {
		String uri = escaped(folder.toUri().toString());
		return Map.of(PROPERTY, CLASS_PATH + ",optional:" + uri + ";optional:" + uri + "config/," + WORKING_DIRECTORY);
	}

	/** What separates locations, or makes a pattern of one. */
	private static String escaped(String uri) {
		return uri.replace(",", "%2C").replace(";", "%3B").replace("*", "%2A");
	}

	private static boolean isWorkingDirectory(Path folder) {
		try {
			return Files.isSameFile(folder, Path.of(""));
		}
		catch (IOException ex) {
			return false;
		}
	}

}
