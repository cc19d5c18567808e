package dev.usher.storage;

import java.nio.file.Path;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where this node keeps its files.
 *
 * @param data {@code usher.data}, the folder of the embedded database and of the key
 * file, always absolute; {@code ./data} by default
 */
@ConfigurationProperties("usher")
public record StorageProperties(@DefaultValue("./data") Path data) {

	public StorageProperties {
		data = data.toAbsolutePath().normalize();
	}

}
