package asl.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Several sources, one behind the other. Labels of different sources mean different things, so a mix has none. */
final class MixedSource implements ImageSource {
    private final List<ImageSource> sources;
    private final int[] starts;
    private final List<Share> shares = new ArrayList<>();

    /**
     * A mix.
     *
     * @param weights how often each source is drawn from, relative to the others; all 0 = by its size
     */
    MixedSource(List<ImageSource> sources, List<Double> weights) {
        this.sources = List.copyOf(sources);
        this.starts = new int[sources.size() + 1];
        for (int i = 0; i < sources.size(); i++) {
            starts[i + 1] = Math.addExact(starts[i], sources.get(i).size());
        }
        double sum = weights.stream().mapToDouble(weight -> weight).sum();
        for (int i = 0; i < sources.size(); i++) {
            int size = sources.get(i).size();
            int draws = sum == 0 ? size : Math.toIntExact(Math.round(size() * weights.get(i) / sum));
            shares.add(new Share(starts[i], size, draws));
        }
    }

    @Override
    public int size() {
        return starts[sources.size()];
    }

    @Override
    public List<Share> shares() {
        return List.copyOf(shares);
    }

    private int sourceOf(int index) {
        int source = 0;
        while (index >= starts[source + 1]) {
            source++;
        }
        return source;
    }

    @Override
    public String name(int index) {
        int source = sourceOf(index);
        return sources.get(source).name(index - starts[source]);
    }

    @Override
    public String key(int index) {
        int source = sourceOf(index);
        return source + "/" + sources.get(source).key(index - starts[source]);
    }

    @Override
    public List<Integer> partStarts() {
        List<Integer> parts = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            for (int start : sources.get(i).partStarts()) {
                parts.add(starts[i] + start);
            }
        }
        return parts;
    }

    @Override
    public Content read(int index) throws IOException {
        int source = sourceOf(index);
        return sources.get(source).read(index - starts[source]);
    }

    @Override
    public int label(int index) {
        return NO_LABEL;
    }

    @Override
    public List<String> classNames() {
        return List.of();
    }

    @Override
    public String fingerprint() {
        return sources.stream().map(ImageSource::fingerprint).collect(Collectors.joining(" "));
    }

    @Override
    public String describe() {
        return sources.stream().map(ImageSource::describe).collect(Collectors.joining("; ", "mix of ", ""));
    }

    @Override
    public void close() throws IOException {
        for (ImageSource source : sources) {
            source.close();
        }
    }
}
