#include "probe/public_address.h"

#include <algorithm>
#include <array>

namespace mailprobe::probe {

namespace {

struct Block {
  std::string_view address;
  unsigned prefix;
};
/// RFC 6890 and its registries: what is not out there in the Internet.
constexpr std::array special{
    Block{"0.0.0.0", 8},      Block{"10.0.0.0", 8},    Block{"100.64.0.0", 10}, Block{"127.0.0.0", 8},
    Block{"169.254.0.0", 16}, Block{"172.16.0.0", 12}, Block{"192.0.0.0", 24},  Block{"192.168.0.0", 16},
    Block{"198.18.0.0", 15},  Block{"224.0.0.0", 4},   Block{"240.0.0.0", 4},   Block{"::", 96},
    Block{"64:ff9b:1::", 48}, Block{"100::", 64},      Block{"2001::", 32},     Block{"fc00::", 7},
    Block{"fe80::", 10},      Block{"fec0::", 10},     Block{"ff00::", 8},
};

}  // namespace

bool is_public(const IpAddress& address) {
  const auto plain = address.unmapped();
  return std::ranges::none_of(special, [&](const Block& network) {
    const auto base = IpAddress::parse(network.address);
    return base && base->v6 == plain.v6 && plain.in(*base, network.prefix);
  });
}

}  // namespace mailprobe::probe
