"""How large a ledger may be, and what reading it may cost (issue 2, "Bad input")."""

MEGABYTE = 1024 * 1024

LARGEST_FILE = 50 * MEGABYTE
LARGEST_UNPACKED = 500 * MEGABYTE
MOST_ARCHIVE_ENTRIES = 10_000

MOST_ROWS = 100_000
MOST_COLUMNS = 1_000
# Of one workbook: 100,000 rows of 40 columns. No two texts alike, they take 500 MB; a ledger's take 70 MB.
MOST_CELLS = 4_000_000

# Of the reading process. Its seconds leave one of the ten for starting it and for taking over what it found.
MEMORY = 512 * MEGABYTE
SECONDS = 9
# What the reading process may write.
LARGEST_RESULT = 256 * MEGABYTE
