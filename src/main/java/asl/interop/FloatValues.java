package asl.interop;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Elements of any type as float32. */
public final class FloatValues {
    private FloatValues() {}

    /**
     * All elements; float64 and wide integers are rounded.
     *
     * @param bytes little-endian, from position to limit
     */
    public static float[] of(DType type, ByteBuffer bytes) {
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[in.remaining() / type.bytes()];
        if (type == DType.F32) {
            in.asFloatBuffer().get(values);
            return values;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = next(type, in);
        }
        return values;
    }

    private static float next(DType type, ByteBuffer in) {
        return switch (type) {
            case F64 -> (float) in.getDouble();
            case F32 -> in.getFloat();
            case F16 -> half(in.getShort());
            case BF16 -> Float.intBitsToFloat(in.getShort() << 16);
            case I64 -> in.getLong();
            case I32 -> in.getInt();
            case I16 -> in.getShort();
            case I8 -> in.get();
            case U8 -> in.get() & 0xff;
            case BOOL -> in.get() == 0 ? 0 : 1;
        };
    }

    /** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float small = fraction * 0x1p-24f;
            return sign == 0 ? small : -small;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }

    /** Little-endian bytes of float32 values. */
    public static ByteBuffer bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }
}
