/** Tar archives (POSIX.1-2001 ustar and pax, GNU): listing what they hold, and writing them. */
package asl.data.tar;
