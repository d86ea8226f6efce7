package dev.throttle.reactive;

import java.lang.reflect.Method;
import java.util.Set;

import dev.throttle.ThrottleRequest;
import dev.throttle.Unthrottled;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.Mistake;
import dev.throttle.usage.Usage;
import dev.throttle.usage.UsageReader;
import reactor.core.publisher.Mono;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/**
 * Tells clients of WebFlux what they have used of their quotas.
 *
 * @since 1.0.0
 */
@RestController
@RegisterReflectionForBinding(Usage.class)
public class UsageController {

	private final UsageReader reader;

	/**
	 * Create a controller.
	 * @param reader reads the usage
	 */
	public UsageController(UsageReader reader) {
		this.reader = reader;
	}

	/**
	 * Serve the usage at a path. It is mapped here, because the path is known at run time
	 * only.
	 * @param path the path
	 * @param name the name of this bean
	 * @param mapping the mapping of the application's handlers
	 * @throws InvalidThrottleConfigurationException if another handler has the path
	 */
	public void map(String path, String name, RequestMappingHandlerMapping mapping) {
		mapping.getHandlerMethods().forEach((info, handler) -> {
			Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
			if (info.getDirectPaths().contains(path) && (methods.isEmpty() || methods.contains(RequestMethod.GET))) {
				throw new InvalidThrottleConfigurationException(Mistake.INVALID_PATH,
						"The property 'throttle.usage.path' is '" + path + "', which is the path of " + handler + ".",
						"Write another path, or remove the property.");
			}
		});
		RequestMappingInfo.BuilderConfiguration options = new RequestMappingInfo.BuilderConfiguration();
		options.setPatternParser(mapping.getPathPatternParser());
		Method usage = ClassUtils.getMethod(UsageController.class, "usage", ThrottleRequest.class);
		mapping.registerMapping(RequestMappingInfo.paths(path)
			.methods(RequestMethod.GET)
			.produces(MediaType.APPLICATION_JSON_VALUE)
			.options(options)
			.build(), name, usage);
	}

	/**
	 * Return what the caller has used.
	 * @param request the request
	 * @return the usage, not to be cached
	 */
	@Unthrottled
	@Reflective
	public Mono<ResponseEntity<Usage>> usage(ThrottleRequest request) {
		return Mono.fromCompletionStage(() -> this.reader.usageAsync(request, ExchangeDecisions.WORKERS))
			.map((usage) -> ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(usage));
	}

}
