package asl.config;

/** A configuration that knows which of its values make sense together; asked once, after every type has been checked. */
interface Validated {
    void validate(Problems problems);
}
