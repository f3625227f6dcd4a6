// How much a thread gets of the processor.
#pragma once

namespace infra {

// The calling thread, and what it starts, gives way to threads that answer requests. For work that
// takes long and that nobody minds to wait for a little longer. Nothing happens where the system
// does not let it.
void give_way();

}  // namespace infra
