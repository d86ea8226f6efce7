package dev.throttle.sample.upload;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import dev.throttle.Throttle;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Receives uploads, which are counted by {@code throttle.rates.uploads} and also by their
 * {@linkplain UploadBytesThrottle bytes}.
 */
@RestController
class UploadController {

	@PostMapping("/uploads")
	@ResponseStatus(HttpStatus.CREATED)
	@Throttle(scope = "uploads", also = UploadBytesThrottle.class)
	Receipt upload(HttpServletRequest request) throws IOException {
		if (request.getContentLengthLong() < 0 && request.getHeader("Transfer-Encoding") != null) {
			throw new LengthRequiredException();
		}
		try (InputStream content = request.getInputStream()) {
			DigestInputStream digested = new DigestInputStream(content, sha256());
			long size = digested.transferTo(OutputStream.nullOutputStream());
			return new Receipt(size, HexFormat.of().formatHex(digested.getMessageDigest().digest()));
		}
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * What was received.
	 *
	 * @param size the size in bytes
	 * @param sha256 the SHA-256 digest in hexadecimal digits
	 */
	record Receipt(long size, String sha256) {
	}

}
