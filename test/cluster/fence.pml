/*
 * Who may write about a charge point (DESIGN D-5): two nodes, one identity, sockets that come to either of them in any
 * order, a node that stands still at any point (every interleaving is one), a directory that forgets everything.
 *
 *   spin -a -DFENCE fence.pml && cc -DSAFETY -O2 -o pan pan.c && ./pan      holds in every state
 *   spin -a fence.pml && cc -DSAFETY -O2 -o pan pan.c && ./pan              fails: an old node's word is the last
 */
#define NODES 2
#define SOCKETS 2   /* each node gets so many, one after another */
#define FLUSHES 2
#define nobody 255

/* PostgreSQL: the next epoch, and the row that says where the charge point is. */
byte issued = 0;
byte rowEpoch = 0;
byte rowNode = nobody;

/* Redis: who holds it, as far as it remembers. */
byte heldEpoch = 0;
byte heldBy = nobody;

/* What each node believes. 0 = it holds no socket. */
byte believes[NODES];

/* A write of current state: by whom, under which epoch. Never does a row go back. */
inline write(node, epoch) {
  atomic {
#ifdef FENCE
    if
    :: rowEpoch <= epoch -> rowEpoch = epoch; rowNode = node
    :: else -> skip
    fi
#else
    assert(epoch >= rowEpoch);
    rowEpoch = epoch; rowNode = node
#endif
  }
}

/* adapters/redis/claim.lua */
inline claim(node, epoch, taken) {
  atomic {
    if
    :: heldEpoch <= epoch -> heldEpoch = epoch; heldBy = node; taken = true
    :: else -> taken = false
    fi
  }
}

/* adapters/redis/release.lua */
inline release(epoch) {
  atomic {
    if
    :: heldEpoch == epoch -> heldEpoch = 0; heldBy = nobody
    :: else -> skip
    fi
  }
}

active [NODES] proctype Node() {
  byte epoch = 0;
  byte sockets = 0;
  bool taken;
end:
  do
  :: sockets < SOCKETS ->
    /* a socket is let in: its epoch comes from PostgreSQL */
    atomic { issued++; epoch = issued; believes[_pid] = epoch; sockets++ };
    write(_pid, epoch);
    claim(_pid, epoch, taken);
    if
    :: taken -> skip
    :: else -> believes[_pid] = 0
    fi
  /* its place is renewed now and then: that changes something only where the directory says otherwise */
  :: believes[_pid] != 0 && heldEpoch != epoch ->
    write(_pid, epoch);
    claim(_pid, epoch, taken);
    if
    :: taken -> skip
    :: else ->
      /* replaced; its last word comes as late as it likes */
      believes[_pid] = 0;
      write(_pid, epoch);
      release(epoch)
    fi
  od
}

active proctype Flush() {
  byte flushes = 0;
  do
  :: flushes < FLUSHES -> atomic { heldEpoch = 0; heldBy = nobody; flushes++ }
  :: break
  od
}

/* At every moment: the row never speaks of a time before (INV-35). */
active proctype Monotone() {
  byte seen = 0;
end:
  do
  :: atomic { rowEpoch != seen -> assert(rowEpoch > seen); seen = rowEpoch }
  od
}

/* When nothing can happen any more: the row is the newest socket's, and only that one is open (INV-30, INV-36). */
active proctype Settled() {
  timeout -> assert(rowEpoch == issued);
  assert(believes[0] == 0 || believes[1] == 0);
  assert(believes[0] + believes[1] == issued);
  assert(heldEpoch == issued && believes[heldBy] == issued)
}
