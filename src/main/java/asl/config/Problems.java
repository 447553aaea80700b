package asl.config;

import java.util.ArrayList;
import java.util.List;

/** Collects everything that is wrong with a configuration, so that one run shows it all. */
final class Problems {
    private final List<Problem> problems = new ArrayList<>();

    /** Adds a problem of the key at a dotted path. */
    void add(String path, String message) {
        problems.add(new Problem(path, message));
    }

    /** Adds the problem unless the condition holds. */
    void require(boolean holds, String path, String message) {
        if (!holds) {
            add(path, message);
        }
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    List<Problem> list() {
        return List.copyOf(problems);
    }

    /** What is wrong with the value at a dotted path; the path is empty where no key is at fault. */
    record Problem(String path, String message) {
        @Override
        public String toString() {
            return path.isEmpty() ? message : path + ": " + message;
        }
    }
}
