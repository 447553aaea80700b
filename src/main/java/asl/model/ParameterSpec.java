package asl.model;

import ai.djl.ndarray.types.Shape;
import asl.random.RandomStream;
import asl.random.RandomStream.Purpose;
import java.util.Arrays;
import java.util.List;

/**
 * A parameter before it exists.
 *
 * @param name timm's and MAE's name
 * @param trained false for the fixed positions
 */
record ParameterSpec(String name, Shape shape, Init init, boolean trained) {
    ParameterSpec(String name, Init init, long... shape) {
        this(name, new Shape(shape), init, true);
    }

    /** Initial values as in MAE (RECIPES 1.2); they depend on the seed and the name alone. */
    float[] initialValues(long seed) {
        return init.values(shape, RandomStream.of(seed, Purpose.INIT, RandomStream.key(name)));
    }

    /** The parameters of a pre-norm transformer block, in the order of the kernels. */
    static List<ParameterSpec> transformerBlock(String prefix, long width) {
        return List.of(
                new ParameterSpec(prefix + "norm1.weight", Init.ONE, width),
                new ParameterSpec(prefix + "norm1.bias", Init.ZERO, width),
                new ParameterSpec(prefix + "attn.qkv.weight", Init.XAVIER, 3 * width, width), // one layer: fan_out 3D
                new ParameterSpec(prefix + "attn.qkv.bias", Init.ZERO, 3 * width),
                new ParameterSpec(prefix + "attn.proj.weight", Init.XAVIER, width, width),
                new ParameterSpec(prefix + "attn.proj.bias", Init.ZERO, width),
                new ParameterSpec(prefix + "norm2.weight", Init.ONE, width),
                new ParameterSpec(prefix + "norm2.bias", Init.ZERO, width),
                new ParameterSpec(prefix + "mlp.fc1.weight", Init.XAVIER, 4 * width, width),
                new ParameterSpec(prefix + "mlp.fc1.bias", Init.ZERO, 4 * width),
                new ParameterSpec(prefix + "mlp.fc2.weight", Init.XAVIER, width, 4 * width),
                new ParameterSpec(prefix + "mlp.fc2.bias", Init.ZERO, width));
    }

    /** Scale and shift of a layer norm. */
    static List<ParameterSpec> norm(String prefix, long width) {
        return List.of(
                new ParameterSpec(prefix + "weight", Init.ONE, width),
                new ParameterSpec(prefix + "bias", Init.ZERO, width));
    }

    /** How a parameter begins. */
    interface Init {
        Init ZERO = (shape, random) -> new float[Math.toIntExact(shape.size())];

        Init ONE = (shape, random) -> {
            float[] values = ZERO.values(shape, random);
            Arrays.fill(values, 1);
            return values;
        };

        /** Uniform, Glorot and Bengio: bound sqrt(6 / (fan_in + fan_out)); a convolution counts as [out, rest]. */
        Init XAVIER = (shape, random) -> {
            double fanOut = shape.get(0);
            double fanIn = shape.size() / fanOut;
            return uniform(shape, random, Math.sqrt(6 / (fanIn + fanOut)));
        };

        /** Normal of deviation 0.02: the class and the mask token. */
        Init TOKEN = normal(0.02);

        /** Normal about 0. */
        static Init normal(double deviation) {
            return (shape, random) -> {
                float[] values = ZERO.values(shape, random);
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (deviation * random.nextGaussian());
                }
                return values;
            };
        }

        /** What PyTorch gives the bias of a convolution, and MAE leaves: uniform, bound 1 / sqrt(fan_in). */
        static Init convolutionBias(long fanIn) {
            return (shape, random) -> uniform(shape, random, 1 / Math.sqrt((double) fanIn));
        }

        private static float[] uniform(Shape shape, RandomStream random, double bound) {
            float[] values = ZERO.values(shape, random);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble(-bound, bound);
            }
            return values;
        }

        float[] values(Shape shape, RandomStream random);
    }
}
