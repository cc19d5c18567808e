package dev.usher.testing;

/** Where the migrations of a database are. */
public final class Migrations {

	private Migrations() {
	}

	/** The locations for the database of a JDBC URL. */
	public static String[] of(String url) {
		String all = "classpath:db/migration";
		return url.startsWith("jdbc:postgresql:") ? new String[] { all, "classpath:db/postgresql" }
				: new String[] { all };
	}

}
