package dev.usher.storage;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/**
 * Tells a database that did not answer, where a later try may succeed, from one that was
 * asked something wrong.
 */
public final class StorageFailures {

	private StorageFailures() {
	}

	/** Whether the database did not answer. */
	public static boolean contain(Throwable failure) {
		return failure instanceof DataAccessResourceFailureException || failure instanceof TransientDataAccessException
				|| failure instanceof RecoverableDataAccessException
				|| failure instanceof CannotCreateTransactionException || failure instanceof TransactionSystemException
				// Spring has no name for PostgreSQL's word that a lock could not be had
				// in time.
				|| failure instanceof UncategorizedSQLException;
	}

}
