import dev.vixdisklib.*;
import java.lang.foreign.*;
import java.nio.file.*;
import java.util.*;
import static dev.vixdisklib.cli.Shell.*;
System.err.print(welcome());
