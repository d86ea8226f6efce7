package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;

import dev.throttle.ScopedRateThrottle;
import dev.throttle.Throttle;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bytes that handlers of Spring MVC read from a servlet request and write to a servlet
 * response.
 */
class ServletBytesTests {

	private static final int PIECES = 50;

	private static final byte[] PIECE = new byte[4000];

	private static RunningApplication application;

	private final ByteClient client = new ByteClient(application);

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.user=1GB/day",
				"throttle.scopes.user.cost=response-bytes", "throttle.scopes.user.reserve=1KB",
				"throttle.rates.uploads=1GB/day", "throttle.scopes.uploads.cost=request-bytes",
				"throttle.scopes.uploads.reserve=1KB", "management.endpoints.web.exposure.include=throttles",
				"spring.jmx.enabled=false", "logging.level.org=off");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@CsvSource({ "/writer, 2000", "/streaming, 200000", "/started, 200000", "/listener, 200000", "/forwarded, 2000",
			"/reset, 3" })
	void whateverTheHandlerWritesToCounts(String path, int length) {
		assertThat(this.client.get(path).body()).hasSize(length);
		this.client.assertUsed("user", length);
	}

	@Test
	void bodyThatFailsHalfWayCountsAsFarAsItWasWritten() {
		try {
			this.client.get("/failing-late");
		}
		catch (UncheckedIOException ex) {
			// The answer is cut off.
		}
		this.client.assertUsed("user", PIECE.length);
	}

	@ParameterizedTest
	@CsvSource({ "/read-listener", "/reader" })
	void whateverTheHandlerReadsFromCounts(String path) {
		byte[] body = new byte[300_000];
		assertThat(this.client.post(path, body).body()).asString().isEqualTo("300000");
		this.client.assertUsed("uploads", body.length);
		assertThat(this.client.postChunked(path, body).body()).asString().isEqualTo("300000");
		this.client.assertUsed("uploads", 2L * body.length);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/writer")
		void writer(HttpServletResponse response) throws IOException {
			response.setContentType("text/plain;charset=UTF-8");
			response.getWriter().print("ä".repeat(1000));
		}

		@GetMapping("/streaming")
		StreamingResponseBody streaming() {
			return (output) -> {
				for (int i = 0; i < PIECES; i++) {
					output.write(PIECE);
				}
			};
		}

		@GetMapping("/started")
		void started(HttpServletRequest request) {
			AsyncContext async = request.startAsync();
			async.start(() -> {
				try {
					for (int i = 0; i < PIECES; i++) {
						async.getResponse().getOutputStream().write(PIECE);
					}
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
				async.complete();
			});
		}

		@GetMapping("/listener")
		void listener(HttpServletRequest request) throws IOException {
			AsyncContext async = request.startAsync();
			ServletOutputStream output = async.getResponse().getOutputStream();
			output.setWriteListener(new WriteListener() {

				private int left = PIECES;

				@Override
				public void onWritePossible() throws IOException {
					while (this.left > 0 && output.isReady()) {
						output.write(PIECE);
						this.left--;
					}
					if (this.left == 0 && output.isReady()) {
						async.complete();
					}
				}

				@Override
				public void onError(Throwable failure) {
					async.complete();
				}

			});
		}

		@GetMapping("/forwarded")
		void forwarded(HttpServletRequest request, HttpServletResponse response) throws Exception {
			request.getRequestDispatcher("/writer").forward(request, response);
		}

		@GetMapping("/reset")
		void reset(HttpServletResponse response) throws IOException {
			response.getOutputStream().write(PIECE);
			response.resetBuffer();
			response.getOutputStream().write(new byte[3]);
		}

		@GetMapping("/failing-late")
		void failingLate(HttpServletResponse response) throws IOException {
			response.getOutputStream().write(PIECE);
			response.flushBuffer();
			throw new IllegalStateException("late");
		}

		@PostMapping("/read-listener")
		@Throttle(use = ScopedRateThrottle.class, scope = "uploads")
		void readListener(HttpServletRequest request) throws IOException {
			AsyncContext async = request.startAsync();
			ServletInputStream input = request.getInputStream();
			input.setReadListener(new ReadListener() {

				private final byte[] buffer = new byte[8192];

				private int read;

				@Override
				public void onDataAvailable() throws IOException {
					while (input.isReady() && !input.isFinished()) {
						this.read += Math.max(0, input.read(this.buffer));
					}
				}

				@Override
				public void onAllDataRead() throws IOException {
					async.getResponse().getOutputStream().print(this.read);
					async.complete();
				}

				@Override
				public void onError(Throwable failure) {
					async.complete();
				}

			});
		}

		@PostMapping("/reader")
		@Throttle(use = ScopedRateThrottle.class, scope = "uploads")
		String reader(HttpServletRequest request) throws IOException {
			int read = 0;
			while (request.getReader().read() >= 0) {
				read++;
			}
			return Integer.toString(read);
		}

	}

}
