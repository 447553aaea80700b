package asl.distributed;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleBinaryOperator;
import java.util.zip.CRC32;

/**
 * Processes that meet at an address where there is no MPI: every rank holds one connection to rank 0, which combines what
 * all send and answers. Good for a few numbers per step; tensors go by NCCL.
 */
final class TcpGroup implements HostGroup {
    private static final int RETRY_MILLIS = 100;

    private final Place place;
    private final List<Connection> connections; // rank 0: to ranks 1, 2, ...; others: to rank 0
    private final CollectiveThread thread;

    private TcpGroup(Place place, List<Connection> connections, CollectiveThread thread) {
        this.place = place;
        this.connections = connections;
        this.thread = thread;
    }

    private record Connection(Socket socket, DataInputStream in, DataOutputStream out) {
        static Connection of(Socket socket) throws IOException {
            socket.setTcpNoDelay(true);
            return new Connection(
                    socket,
                    new DataInputStream(socket.getInputStream()),
                    new DataOutputStream(socket.getOutputStream()));
        }

        void send(byte[] bytes) throws IOException {
            byte[] message = new byte[Integer.BYTES + bytes.length];
            ByteBuffer.wrap(message).putInt(bytes.length).put(bytes);
            out.write(message);
        }

        /** A message of the length that the other side must send. */
        byte[] receive(int length) throws IOException {
            int sent = in.readInt();
            if (sent != length) {
                throw new IOException("a rank sent " + sent + " bytes where " + length + " were due");
            }
            byte[] bytes = new byte[length];
            in.readFully(bytes);
            return bytes;
        }
    }

    /** Meets the others; waits for them as long as the limit allows. */
    static TcpGroup open(Launch.ByAddress launch, Duration limit, Consumer<String> complaints) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        Connection[] all = launch.rank() == 0 ? accept(launch, limit) : new Connection[] {connect(launch, deadline)};
        CollectiveThread thread = new CollectiveThread("tcp", limit, complaints);
        Place unknown = new Place(launch.rank(), launch.size(), 0, 1);
        TcpGroup group = new TcpGroup(unknown, List.of(all), thread);
        return new TcpGroup(group.locate(), group.connections, thread);
    }

    private static Connection[] accept(Launch.ByAddress launch, Duration limit) throws IOException {
        Connection[] all = new Connection[launch.size() - 1];
        try (ServerSocket server = new ServerSocket(launch.port())) {
            server.setSoTimeout(Math.toIntExact(Math.min(Integer.MAX_VALUE, limit.toMillis())));
            for (int i = 0; i < all.length; i++) {
                Connection connection = Connection.of(server.accept());
                int rank = connection.in().readInt();
                if (rank < 1 || rank > all.length || all[rank - 1] != null) {
                    throw new IOException(launch.host() + ":" + launch.port() + ": two processes call themselves rank "
                            + rank + " of " + launch.size());
                }
                all[rank - 1] = connection;
            }
        } catch (IOException e) {
            throw new IOException(
                    "waiting for " + all.length + " other ranks at port " + launch.port() + ": " + e.getMessage(), e);
        }
        return all;
    }

    private static Connection connect(Launch.ByAddress launch, long deadline) throws IOException {
        InetSocketAddress address = new InetSocketAddress(launch.host(), launch.port());
        while (true) {
            Socket socket = new Socket();
            try {
                socket.connect(address, RETRY_MILLIS * 50);
                Connection connection = Connection.of(socket);
                connection.out().writeInt(launch.rank());
                return connection;
            } catch (IOException e) { // rank 0 may not be there yet
                socket.close();
                if (System.nanoTime() > deadline) {
                    throw new IOException("rank 0 at " + address + " cannot be reached: " + e.getMessage(), e);
                }
                pause();
            }
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Counts the ranks of this machine by the names of all machines. */
    private Place locate() throws IOException {
        CRC32 host = new CRC32();
        host.update(InetAddress.getLocalHost().getHostName().getBytes(StandardCharsets.UTF_8));
        double[] hosts = new double[place.size()];
        hosts[place.rank()] = host.getValue();
        double[] all = sum(hosts);
        double mine = hosts[place.rank()];
        long before = Arrays.stream(all, 0, place.rank())
                .filter(other -> other == mine)
                .count();
        long here = Arrays.stream(all).filter(other -> other == mine).count();
        return new Place(place.rank(), place.size(), (int) before, (int) here);
    }

    @Override
    public Place place() {
        return place;
    }

    @Override
    public double[] sum(double... values) {
        return reduce(values, Double::sum);
    }

    @Override
    public double[] max(double... values) {
        return reduce(values, Math::max);
    }

    private double[] reduce(double[] values, DoubleBinaryOperator operator) {
        byte[] result = exchange(bytes(values), received -> {
            double[] combined = values.clone();
            for (byte[] message : received) {
                double[] others = doubles(message);
                Arrays.setAll(combined, i -> operator.applyAsDouble(combined[i], others[i]));
            }
            return bytes(combined);
        });
        return doubles(result);
    }

    @Override
    public byte[] broadcast(byte[] value) {
        return exchange(value, received -> value);
    }

    @Override
    public CollectiveThread newThread(String name) {
        return thread.another(name);
    }

    @Override
    public void barrier() {
        broadcast(new byte[0]);
    }

    /** What rank 0 makes of all messages. */
    private interface Combination {
        byte[] of(List<byte[]> received);
    }

    private byte[] exchange(byte[] message, Combination combination) {
        return thread.call("an exchange of " + message.length + " bytes", () -> {
            try {
                return place.rank() == 0 ? collect(message.length, combination) : ask(message);
            } catch (IOException e) {
                throw new UncheckedIOException("the connection between the ranks broke: " + e.getMessage(), e);
            }
        });
    }

    private byte[] collect(int length, Combination combination) throws IOException {
        List<byte[]> received = new ArrayList<>();
        for (Connection connection : connections) {
            received.add(connection.receive(length));
        }
        byte[] answer = combination.of(received);
        for (Connection connection : connections) {
            connection.send(answer);
        }
        return answer;
    }

    private byte[] ask(byte[] message) throws IOException {
        Connection root = connections.get(0);
        root.send(message);
        return root.receive(message.length);
    }

    private static byte[] bytes(double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * values.length);
        bytes.asDoubleBuffer().put(values);
        return bytes.array();
    }

    private static double[] doubles(byte[] bytes) {
        double[] values = new double[bytes.length / Double.BYTES];
        ByteBuffer.wrap(bytes).asDoubleBuffer().get(values);
        return values;
    }

    /** Ends this process; the others see their connections break. */
    @Override
    public void abort(int exitCode) {
        Runtime.getRuntime().halt(exitCode);
    }

    @Override
    public String describe() {
        return place.size() + " processes that met over TCP";
    }

    @Override
    public void close() {
        barrier();
        thread.close();
        for (Connection connection : connections) {
            try {
                connection.socket().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
