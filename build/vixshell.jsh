import dev.vixdisklib.*;
import java.lang.foreign.*;
import java.nio.file.*;
import java.util.*;
import static dev.vixdisklib.cli.Shell.*;
System.out.println("VixDiskLib " + lib.version() + " (" + lib.libraryFile() + ")");
System.out.println("  lib    the library           host   a connection to this host's files");
System.out.println("  arena  for buffers           disk   " + disk.path() + ", 64 MiB, deleted at the end");
System.out.println("Try:  var b = Sectors.allocate(arena, 1); disk.read(0, b); b.getString(0)");
