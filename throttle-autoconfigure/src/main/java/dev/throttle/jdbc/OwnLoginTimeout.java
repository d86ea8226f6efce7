package dev.throttle.jdbc;

import javax.sql.DataSource;

/**
 * A data source whose login timeout a pool reads but does not set. It would be that of
 * the whole process.
 */
final class OwnLoginTimeout extends DelegatingDataSource {

	/** For a pool that is closed while it opens a connection. */
	static final int SECONDS = 2;

	OwnLoginTimeout(DataSource target) {
		super(target);
	}

	@Override
	public void setLoginTimeout(int seconds) {
		// see above
	}

	@Override
	public int getLoginTimeout() {
		return SECONDS;
	}

}
