/** Packing a source into tar shards. */
package asl.data.pack;
