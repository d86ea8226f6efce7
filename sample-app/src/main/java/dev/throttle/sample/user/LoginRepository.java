package dev.throttle.sample.user;

import java.time.Instant;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.transaction.annotation.Transactional;

/**
 * The logins that have not ended.
 */
interface LoginRepository extends JpaRepository<Login, String> {

	/**
	 * Replace a refresh token that is being used with a new one.
	 * @return 1; 0 if the used token is not the newest, or the login has ended
	 */
	@Modifying
	@Transactional
	@Query("update Login l set l.tokenId = :next, l.expiresAt = :expiresAt where l.id = :id and l.tokenId = :used")
	int replaceToken(String id, String used, String next, Instant expiresAt);

	@Modifying
	@Transactional
	@Query("delete from Login l where l.id = :id")
	void end(String id);

	@Modifying
	@Transactional
	@Query("delete from Login l where l.username = :username and l.expiresAt < :now")
	void deleteExpired(String username, Instant now);

}
