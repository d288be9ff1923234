"""What stands where: in the book of price lists, and in the matrices of one block of events.

Machine code counts the references to every array it is handed, so it is handed few: all price lists are one array of
64-bit integers, the book, in which an address is a row of that array; events with their holdings, buckets with
discounts, counters, answers and scratch are one matrix each. A list of addresses is written as a pair: its first
address, and the one after its last. The values of a sorted list of keys follow its last key, in the keys' order.
"""

# A packed number is its digits, flush left in so many places (what follows is in no price list: E.164 has 15 at most),
# times LENGTHS, plus how many digits there are.
DIGITS = 17
LENGTHS = 32
# A directory of at least this many ranges is entered by the first digits of a number: by so many that there are about
# as many entries as ranges, four at most.
INDEXED_RANGES = 64
MOST_INDEX_DIGITS = 4

# ---- the book ----

# The book begins with the addresses of its tables, whose records stand by number.
TARIFFS, VERSIONS, ZONES, RATES, HEADER = 0, 1, 2, 3, 4

# A price list: the number of its first version; when versions begin; when its clock changes, then the offsets from UTC
# (seconds); by day from the first holiday on, the weekday whose hours it has, or -1; the number of its currency.
TARIFF_FIRST_VERSION, TARIFF_STARTS, TARIFF_CLOCK, TARIFF_HOLIDAYS, TARIFF_FIRST_HOLIDAY = 0, 1, 3, 5, 7
TARIFF_CURRENCY, TARIFF_COLUMNS = 8, 9

# A version: the directory of its prefixes; the zones (or -1) of the home network and of operators not listed; sorted
# lists of short codes and operators (their zones) and networks (their directories); the minutes of the week at which
# spans begin, the first at 0, then their bands by place in the version (0: any band); the numbers of those bands; the
# number of its first zone.
VERSION_PREFIXES, VERSION_HOME, VERSION_ANY_OPERATOR = 0, 1, 2
VERSION_CODES, VERSION_NETWORKS, VERSION_OPERATORS, VERSION_SPANS, VERSION_BANDS = 3, 5, 7, 9, 11
VERSION_FIRST_ZONE, VERSION_COLUMNS = 12, 13

# A directory of prefixes: the packed numbers at which ranges begin; where the values of ranges begin (the zone's place
# in the version × LENGTHS + digits of the prefix, or -1); where, by the first digits of a number, the ranges that hold
# the smallest one stand (-1: no index), and by how much packed numbers with other first digits differ at least.
DIRECTORY_EDGES, DIRECTORY_VALUES, DIRECTORY_INDEX, DIRECTORY_STEP, DIRECTORY_COLUMNS = 0, 2, 3, 4, 5

# A zone: its treatment, the number of its code, and by service the address of its rates by band, or -1.
ZONE_TREATMENT, ZONE_CODE, ZONE_CELLS = 0, 1, 2

# A rate: amounts in micros, units, whether it splits, whether its tiers are by volume; the volumes at which tiers
# begin, then their prices; the number of its counter, or -1.
FEE, FIRST, NEXT, PRICE, PER, MINIMUM, MAXIMUM, SPLIT, BY_VOLUME, TIERS, COUNTER = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11
RATE_COLUMNS = 12

# ---- the matrices of a block ----

# An event, with what its holding says. Names are numbered as the price lists do it (-1: none of them knows it): the
# network and all networks of its country, the operator, the short code and how many signs that has. Buckets and
# discounts are rows of the purse; the code of its zone is filled in when it is found.
START, SERVICE, QUANTITY, ANSWERED, NUMBER, NETWORK, COUNTRY, HAS_NETWORK, OPERATOR, HAS_OPERATOR = range(10)
CODE, CODE_LENGTH, NUMBER_CLASS, PERIOD, SUBSCRIPTION, SHARING, TARIFF, WHOLESALE, MODE, POLICY, LIMIT = range(10, 21)
BUCKETS, DISCOUNTS, ZONE_HERE, USE_COLUMNS = 21, 23, 25, 26

# A bucket, and its row in the purse state; or a discount, whose amount are basis points.
AMOUNT, UNIT, CURRENCY, SERVICES_MASK, ZONE_SET, VALID_FROM, VALID_TO, OWNER, GROUP, IS_MAIN = range(10)
BUCKET, PURSE_COLUMNS = 10, 11

# A counter, and the row of the same subscription's next one, or -1. The first one's row is in an array of its own, by
# subscription: the heads.
COUNTED_FOR, COUNTED_CODE, COUNTED_PERIOD, COUNTED_AMOUNT, LINK, COUNTER_COLUMNS = range(6)

# Scratch: what an event is split into by band, and by price; and what it takes. Three columns each.
SEGMENTS, PIECES, TAKES, SCRATCH_PLANES, SCRATCH_COLUMNS = 0, 1, 2, 3, 3
SEGMENT_FIRST, SEGMENT_RATE, SEGMENT_MINUTE = range(3)
PIECE_UNITS, PIECE_PRICE, PIECE_MINUTE = range(3)
TAKE_BUCKET, TAKE_QUANTITY = range(2)

# An answer: the columns of `RatedColumns` that have one row for each event, and where its takes and its trace end.
OUTCOME, REASON, VERSION, RATE, ZONE, BAND, ITS_COUNTER, ITEMISED = range(8)
ITS_QUANTITY, CHARGED, ITS_AMOUNT, ACCRUED, DEBITED, WAIVED, COUNTED, TAKES_END, TRACE_END = range(8, 17)
# Of a trace: what is written of money and takes before what the buckets hold.
TRACE_MONEY = 8
HOST_AMOUNT, HOST_RATE, HOST_REASON, ANSWER_COLUMNS = range(17, 21)
