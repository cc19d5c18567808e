package dev.usher.jetty;

import java.io.FileNotFoundException;
import java.nio.file.FileSystemException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;

/**
 * Why a certificate cannot be used, in words for whoever configured it. They come from
 * the messages of Spring Boot and of the JDK, which name neither property nor remedy.
 *
 * @param reason the end of a sentence
 * @param action what to do about it
 */
record TlsFault(String reason, String action) {

	private static final Pattern UNWATCHABLE = Pattern.compile("'(.+)' is neither a file nor a directory");

	/** What a path begins with in a message, before the words of the system. */
	private static final Pattern PATH = Pattern.compile("(.+?)(?: \\([^()]+\\))?");

	/** The shortest private key in base64, which has no dot, is longer. */
	private static final int LONGEST_WITHOUT_DOT = 60;

	static TlsFault of(Throwable failure) {
		Throwable innermost = failure;
		for (Throwable each = failure; each != null; each = each.getCause()) {
			TlsFault known = known(each, String.valueOf(each.getMessage()));
			if (known != null) {
				return known;
			}
			innermost = each;
		}
		String message = innermost.getMessage();
		return new TlsFault((message != null) ? message : innermost.getClass().getSimpleName(),
				"Correct the certificate or the properties that it is given by.");
	}

	private static @Nullable TlsFault known(Throwable failure, String message) {
		if (failure instanceof TlsKeys.MismatchException) {
			return new TlsFault(message, "Give the certificate together with the private key that it was made for.");
		}
		if (failure instanceof NoSuchSslBundleException) {
			return new TlsFault("there is no such bundle",
					"Define it under spring.ssl.bundle.pem or spring.ssl.bundle.jks, or correct its name.");
		}
		Matcher unwatchable = UNWATCHABLE.matcher(message);
		if (unwatchable.matches()) {
			return missing(unwatchable.group(1));
		}
		if (failure instanceof FileNotFoundException || failure instanceof FileSystemException) {
			return missing(message);
		}
		if (message.endsWith("or unrecognized format")) {
			return new TlsFault("a file of it has no whole certificate or key in PEM",
					"Look whether a file is cut off, or whether certificate and private key are swapped.");
		}
		return passphrase(message);
	}

	private static @Nullable TlsFault passphrase(String message) {
		return switch (message) {
			case "Password is required for an encrypted private key" -> new TlsFault(
					"its private key has a passphrase, and none is given",
					"Give it by keystore.private-key-password of a bundle under spring.ssl.bundle.pem, or take it off the key.");
			case "Error decrypting private key" -> new TlsFault("the passphrase of its private key is wrong",
					"Correct keystore.private-key-password of the bundle.");
			case "keystore password was incorrect" -> new TlsFault("the password of the key store is wrong",
					"Correct key-store-password, or keystore.password of the bundle.");
			default -> null;
		};
	}

	/** A key that is given where its file belongs is not shown. */
	private static TlsFault missing(String message) {
		Matcher path = PATH.matcher(message);
		String file = path.matches() ? path.group(1) : message;
		boolean shown = file.contains(".") || file.length() < LONGEST_WITHOUT_DOT;
		return new TlsFault((shown ? "the file " + file : "a file of it") + " is not there or cannot be read",
				"Correct the path, or let the user of this process read the file.");
	}

}
