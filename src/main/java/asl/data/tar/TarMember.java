package asl.data.tar;

/**
 * A file inside an archive.
 *
 * @param offset of its first byte in the archive
 * @param size in bytes
 */
public record TarMember(String name, long offset, long size) {}
