var buffer = Sectors.allocate(arena, 1)
disk.read(0, buffer)
disk.info()
/exit
