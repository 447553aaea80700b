package asl.config;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A whole number for which a configuration may say {@code auto}: 0 in the record, chosen from the machine at run time. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
@JacksonAnnotationsInside
@JsonDeserialize(using = Auto.Reader.class)
@JsonSerialize(using = Auto.Writer.class)
@interface Auto {
    /** The word in the file. */
    String WORD = "auto";

    /** Reads {@code auto} as 0. */
    final class Reader extends StdDeserializer<Integer> {
        private static final long serialVersionUID = 1L;

        Reader() {
            super(int.class);
        }

        @Override
        public Integer deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return parser.hasToken(JsonToken.VALUE_STRING) ? 0 : parser.getIntValue();
        }
    }

    /** Writes 0 as {@code auto}. */
    final class Writer extends StdSerializer<Integer> {
        private static final long serialVersionUID = 1L;

        Writer() {
            super(Integer.class);
        }

        @Override
        public void serialize(Integer value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (value == 0) {
                generator.writeString(WORD);
            } else {
                generator.writeNumber(value);
            }
        }
    }
}
