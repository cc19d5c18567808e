package dev.usher.storage;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Says in a sentence what is wrong with {@code spring.datasource.url}, before the pool
 * does at length. Never shows more of it than the kind of database: it may hold a
 * password.
 */
class DatabaseUrlCheck implements BeanFactoryPostProcessor, EnvironmentAware {

	private static final String URL = "spring.datasource.url";

	private static final Pattern KIND = Pattern.compile("jdbc:[A-Za-z0-9]+");

	private @Nullable Environment environment;

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		String url = (this.environment != null) ? this.environment.getProperty(URL) : null;
		if (url == null) {
			return;
		}
		Matcher kind = KIND.matcher(url);
		if (!kind.lookingAt()) {
			throw new StorageException(URL + " must begin with jdbc:" + begins(url) + ".",
					"Write jdbc:postgresql://host:5432/database, and give the user and the password by "
							+ "spring.datasource.username and spring.datasource.password.");
		}
		if (isTaken(url)) {
			return;
		}
		if (isTaken(kind.group() + "://localhost/usher")) {
			throw new StorageException(
					URL + " is no address of a database, though it begins with " + kind.group() + ".",
					"Write jdbc:postgresql://host:5432/database with a number for the port, and give the user and the "
							+ "password by spring.datasource.username and spring.datasource.password.");
		}
		throw new StorageException("There is no driver for the database of " + URL + ", " + kind.group() + ".",
				"Usher keeps its data in PostgreSQL (jdbc:postgresql://host:5432/database), "
						+ "or without this property in a database of its own.");
	}

	/** Whether there is a driver that takes it. */
	private static boolean isTaken(String url) {
		try {
			DriverManager.getDriver(url);
			return true;
		}
		catch (SQLException ex) {
			return false;
		}
	}

	/** Such as {@code postgres:}, as hosts of databases hand it out. */
	private static String begins(String url) {
		Matcher scheme = Pattern.compile("[A-Za-z0-9+.-]{1,20}:").matcher(url);
		return scheme.lookingAt() ? ", but begins with " + scheme.group() : "";
	}

}
