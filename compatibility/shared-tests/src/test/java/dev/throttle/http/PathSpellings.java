package dev.throttle.http;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Other spellings of a path, and paths that a server or a framework might take for it.
 */
final class PathSpellings {

	private static final List<String> ALL = List.of("{path}", "/{path}", "//{path}", "{path}/", "{path};x=y",
			"{path};", "/;x=y{path}", "/.{path}", "/open/..{path}", "/open//..{path}", "/open/../{path}",
			"/open/..;{path}", "/open/..;x=y{path}", "/open;/..{path}", "/open;x=y/..{path}", "/open/%2e%2e{path}",
			"/open/.%2E{path}", "/open%2f..{path}", "/open/..%2f{path}", "/open/%252e%252e{path}", "/open\\..{path}",
			"/open/%5c..{path}", "/open/x/../..{path}", "{path};/open/x", "{path};/../open/x", "{path}%3b/open/x",
			"{path}%3B", "{path}/../open/../{path}", "{path}/../open/x", "{path}/x/../../open/x",
			"{path}/%2e%2e/open/x", "{path};/..;/open/x", "{path}?/open/x", "{path}#/open/x", "{path}%00", "{path}%20",
			"{path}%0a", "{path}/.", "{path}/x/..", "{path}/%2e", "{path}.json", "/open/%c0%ae%c0%ae{path}");

	private PathSpellings() {
	}

	/**
	 * Assert that no spelling of a path that is throttled reaches what it answers.
	 * @param root where the application is
	 * @param path the path that is throttled within it
	 */
	static void assertNoneReaches(String content, String root, String path, RunningApplication application) {
		assertThat(ALL.stream().map((spelling) -> root + spelling.replace("{path}", path)).filter((spelling) -> {
			try (RawConnection connection = application.caller().connect()) {
				RawConnection.Answer answer = connection.exchange("GET " + spelling);
				return answer.status() == 200 && answer.body().contains(content);
			}
		})).as("spellings of " + root + path + " that are not throttled").isEmpty();
	}

}
