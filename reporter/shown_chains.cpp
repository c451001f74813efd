#include "reporter/shown_chains.h"

#include <algorithm>

namespace mailprobe::reporter {

namespace {

TlsFacts facts_of(const TlsChain& chain) {
  TlsFacts tls;
  tls.certificates = chain.certificates;
  tls.verified = chain.verified;
  tls.dane = chain.dane;
  return tls;
}

}  // namespace

bool same_chain(const TlsFacts& a, const TlsFacts& b) {
  return std::ranges::equal(a.certificates, b.certificates, {}, &Certificate::sha256, &Certificate::sha256);
}

bool is_good(const TlsFacts& tls) { return tls.verified && tls.verified->result == "pass"; }

std::vector<ShownChain> chains_of(const evidence::MxAddress& address) {
  std::vector<ShownChain> chains;
  if (address.session && address.session->tls && !address.session->tls->certificates.empty())
    chains.push_back({"", *address.session->tls});
  if (!address.survey) return chains;
  for (const auto& chain : address.survey->chains) {
    auto tls = facts_of(chain);
    const auto known = [&](const ShownChain& each) { return same_chain(each.tls, tls); };
    if (!tls.certificates.empty() && std::ranges::none_of(chains, known)) chains.push_back({chain.key, std::move(tls)});
  }
  return chains;
}

const ShownChain& worst_of(const std::vector<ShownChain>& chains) {
  const auto bad =
      std::ranges::find_if(chains, [](const ShownChain& each) { return each.tls.verified && !is_good(each.tls); });
  return bad == chains.end() ? chains.front() : *bad;
}

const DaneFacts* worst_pin_of(const std::vector<ShownChain>& chains) {
  const DaneFacts* shown = nullptr;
  for (const auto& each : chains)
    if (each.tls.dane && (shown == nullptr || (shown->result == "pass" && each.tls.dane->result != "pass")))
      shown = &*each.tls.dane;
  return shown;
}

}  // namespace mailprobe::reporter
