package asl.config;

import java.util.List;

/** A configuration that cannot be used; holds every problem found, one "path: message" line each. Exit code 2. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    public ConfigException(String problem) {
        this(List.of(problem));
    }

    /** All problems, one line each. */
    public List<String> problems() {
        return problems;
    }
}
