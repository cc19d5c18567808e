package dev.usher.cluster;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A table whose rows every node must hear of. It has the columns {@code id} and
 * {@code xid}, the number of the transaction that wrote the row (by default
 * {@code pg_current_xact_id()}), with an index. Beans of this type are found.
 *
 * @param <T> what a row says
 */
public interface PolledTable<T> {

	/** Such as {@code revocations}. */
	String name();

	/** The columns to read, with commas between, besides {@code id}. */
	String columns();

	/**
	 * What a row says, or null where a newer version wrote what this one does not know.
	 */
	@Nullable T read(ResultSet row) throws SQLException;

	/**
	 * Lets rows that are committed take effect, of this node's own and of others'. Called
	 * on the polling thread, now and then more than once for the same row; must not wait.
	 * If it throws, it is given the same again.
	 * @param rows at least one
	 */
	void apply(List<T> rows);

}
