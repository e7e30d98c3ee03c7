// A tour of the API for vixshell. Each step begins with tour(), which prints it; type what it shows, and look.
// To see all of it at once: /open this file.

tour()
// A disk is sectors of 512 bytes
//
// `disk` is open. All positions and lengths of disks are in sectors; what a method takes in bytes says so.
System.out.println(disk + ": " + disk.capacity() + " sectors, " + Sectors.toBytes(disk.capacity()) + " bytes")
System.out.println(disk.info().adapterType() + ", read-only: " + disk.isReadOnly())

tour()
// Reading goes into your memory
//
// A buffer is a MemorySegment: native memory with an owner, here the arena of this shell. The library reads right into it.
var sector = Sectors.allocate(arena, 1)
disk.read(0, sector)
System.out.println(sector.getString(0))
hexdump(disk, 0)

tour()
// Writing comes from it
//
// A sparse disk stores what was written, in grains of 64 KiB: a sector far away makes the file a little larger.
sector.setString(0, "I was here.")
disk.write(100_000, sector)
System.out.println(disk.allocatedBlocks().toSet())
map(disk)

tour()
// Mistakes have messages
//
// What the library refuses is a VixDiskLibException, with its code, its text, and a hint. Wrong arguments never get there.
try { disk.read(disk.capacity(), sector); } catch (Exception e) { System.out.println(e.getMessage()); }
try { disk("missing.vmdk"); } catch (VixDiskLibException e) { System.out.println(e.error() + " " + e.hint()); }

tour()
// Streams are for many sectors
//
// A reader keeps requests in flight, and hands out chunks of native memory in the order of the disk. Close what you open.
long[] bytes = {0}
try (var reader = disk.newReader(StreamOptions.defaults())) { reader.forEach(chunk -> bytes[0] += chunk.segment().byteSize()); }
System.out.println(bytes[0] >> 20) // MiB

tour()
// A copy moves what is there, and skips what is not
//
// To another disk, a file or a channel; with a hash of the content, holes as zeros.
var other = create(tmp.resolve("other.vmdk").toString(), "64M")
var result = DiskCopy.from(disk).to(other).ontoZeros().hashing("SHA-256").run()
System.out.println(result.writtenBytes() + " bytes written; SHA-256 " + result.hash().get())

tour()
// An increment is a plan
//
// From the sectors that changed, which a vSphere server can tell, and those that are allocated, a plan says what to copy, what
// to fill with zeros, and what to keep.
sector.setString(0, "Changed.")
disk.write(0, sector)
var changed = SectorSet.of(new SectorRange(0, 128))
var plan = CopyPlan.incremental(disk.allocatedBlocks(), changed)
plan.forEach(step -> System.out.println(step))
System.out.println(DiskCopy.from(disk).to(other).withPlan(plan).run().writtenBytes() + " bytes written")
System.out.println(DiskComparison.differences(disk, other)) // none

tour()
// Metadata is a map
//
// Keys and values that stay with the disk.
disk.metadata().asMap().put("tour", "done")
System.out.println(disk.metadata().asMap().keySet())

tour()
// The commands are here too
//
// vixdisk(...) runs a command of the tool as in a terminal; copy, map and hexdump are short for some of them.
vixdisk("error", "14")
System.out.println(lib.version() + " " + lib.transportModes())
