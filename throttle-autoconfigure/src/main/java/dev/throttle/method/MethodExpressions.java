package dev.throttle.method;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.handler.DidYouMean;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.handler.MethodDeclarations.MethodThrottles;
import dev.throttle.handler.Mistake;
import org.jspecify.annotations.Nullable;

import org.springframework.core.KotlinDetector;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/**
 * Parses the expressions of a method, and checks that they name its parameters.
 */
final class MethodExpressions {

	private static final SpelExpressionParser PARSER = new SpelExpressionParser();

	private final MethodThrottles declared;

	/** The names of the parameters; null if they were not compiled. */
	private final @Nullable List<String> names;

	private final Map<String, Integer> parameters = new HashMap<>();

	MethodExpressions(MethodThrottles declared, ParameterNameDiscoverer names) {
		this.declared = declared;
		Method method = declared.method();
		int count = method.getParameterCount() - (KotlinDetector.isSuspendingFunction(method) ? 1 : 0);
		String[] found = names.getParameterNames(method);
		this.names = (found != null) ? Arrays.stream(found).limit(count).toList() : null;
		for (int i = 0; i < count; i++) {
			this.parameters.put("p" + i, i);
			this.parameters.put("a" + i, i);
		}
		for (int i = 0; this.names != null && i < this.names.size(); i++) {
			this.parameters.put(this.names.get(i), i);
		}
	}

	/**
	 * Return the indexes of the parameters, by their names in expressions.
	 */
	Map<String, Integer> parameters() {
		return Map.copyOf(this.parameters);
	}

	/**
	 * Parse an expression.
	 * @param attribute where it is written, for messages
	 * @param text the expression
	 * @throws InvalidThrottleConfigurationException if it is not valid
	 */
	Expression parse(String attribute, String text) {
		try {
			SpelExpression expression = PARSER.parseRaw(text);
			check(expression.getAST(), true, attribute, text);
			return expression;
		}
		catch (ParseException ex) {
			throw invalid(attribute, text, "which is not an expression: " + ex.getSimpleMessage() + ".",
					"Write an expression over the parameters, such as " + example() + ".");
		}
	}

	/**
	 * Check the names in a part of an expression.
	 * @param isFirst whether there is nothing before the part that a name could belong to
	 */
	private void check(SpelNode node, boolean isFirst, String attribute, String text) {
		if (node instanceof VariableReference variable) {
			checkVariable(variable.toStringAST().substring(1), attribute, text);
		}
		if (isFirst && (node instanceof PropertyOrFieldReference || node instanceof MethodReference)) {
			throw invalid(attribute, text, "in which '" + node.toStringAST() + "' belongs to nothing.",
					"Write '#' before the name of a parameter, as in " + example() + ".");
		}
		if (node instanceof Projection || node instanceof Selection || node instanceof Indexer) {
			return;
		}
		for (int i = 0; i < node.getChildCount(); i++) {
			boolean isLater = i > 0 && node instanceof CompoundExpression;
			check(node.getChild(i), !isLater, attribute, text);
		}
	}

	private void checkVariable(String name, String attribute, String text) {
		if (name.equals("this") || name.equals("root") || this.parameters.containsKey(name)) {
			return;
		}
		if (this.names == null) {
			throw invalid(attribute, text, "but the class was compiled without the names of parameters.",
					"Compile it with '-parameters' (in Kotlin, '-java-parameters'), or write '#p0' for the first parameter.");
		}
		throw invalid(attribute, text,
				"but the method has no parameter '" + name + "'" + DidYouMean.meant(name, this.names) + ".",
				this.names.isEmpty() ? "Remove the expression, because the method has no parameters." : "Write one of "
						+ DidYouMean.list(this.names.stream().map((known) -> "#" + known).toList()) + ".");
	}

	private String example() {
		return "'#" + ((this.names == null || this.names.isEmpty()) ? "p0" : this.names.get(0)) + "'";
	}

	private InvalidThrottleConfigurationException invalid(String attribute, String text, String problem,
			String action) {
		return new InvalidThrottleConfigurationException(Mistake.INVALID_EXPRESSION,
				this.declared.where() + " has the " + attribute + " '" + text + "', " + problem, action);
	}

}
