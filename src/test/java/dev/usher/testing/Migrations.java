package dev.usher.testing;

/** Where the migrations of a database are, as the gateway's defaults say it. */
public final class Migrations {

	private Migrations() {
	}

	/** The locations for the database of a JDBC URL. */
	public static String[] of(String url) {
		String vendor = (url.startsWith("jdbc:postgresql:")) ? "postgresql" : "h2";
		return new String[] { "classpath:db/migration", "classpath:db/" + vendor };
	}

}
