#include "probe/network.h"

#include "tls/network.h"

namespace mailprobe::probe {

Network real_network() { return {tls::connect, tls::pause, std::chrono::steady_clock::now}; }

}  // namespace mailprobe::probe
