#include "dns/unbound_context.h"

#include <event2/event.h>
#include <unbound-event.h>
#include <unbound.h>

#include "dns/unbound_resolver.h"

namespace mailprobe::dns {

namespace {

std::unexpected<Error> bad(const std::string& what, int error) {
  return fail(Failure::usage, "resolver: " + what + ": " + ub_strerror(error));
}

/// One more of a family each time: the library takes turns.
Result<void> set_sources(ub_ctx* context, const ResolverOptions& options) {
  for (const auto& address : options.source_ips)
    if (const int error = ub_ctx_set_option(context, "outgoing-interface:", address.c_str()); error != 0)
      return bad("source_ips " + address, error);
  return {};
}

Result<void> set_options(ub_ctx* context) {
  constexpr auto options = std::to_array<std::pair<const char*, const char*>>({
      {"do-not-query-localhost:", "no"},  // stubs and forwarders on loopback are asked too
      {"outbound-msg-retry:", "3"},       // a dead server is known before a query's deadline, not long after it
  });
  for (const auto& [name, value] : options)
    if (const int error = ub_ctx_set_option(context, name, value); error != 0) return bad(name, error);
  return {};
}

Result<void> set_servers(ub_ctx* context, const ResolverOptions& options) {
  for (const auto& server : options.forward)
    if (const int error = ub_ctx_set_fwd(context, server.c_str()); error != 0) return bad("forward " + server, error);
  for (const auto& [zone, server] : options.stubs)
    if (const int error = ub_ctx_set_stub(context, zone.empty() ? "." : zone.c_str(), server.c_str(), 0); error != 0)
      return bad("stub " + zone + " at " + server, error);
  return {};
}

Result<void> set_anchors(ub_ctx* context, const ResolverOptions& options) {
  if (const auto& file = options.trust_anchor_file; !file.empty())
    if (const int error = ub_ctx_add_ta_file(context, file.c_str()); error != 0)
      return bad("trust anchor file " + file, error);
  for (const auto& anchor : options.trust_anchors)
    if (const int error = ub_ctx_add_ta(context, anchor.c_str()); error != 0)
      return bad("trust anchor " + anchor, error);
  return {};
}

/// The library answers for some zones itself ("test", private reverse zones; RFC 6303, RFC 6761): not for those that a
/// stub serves.
Result<void> remove_built_in(ub_ctx* context, const ResolverOptions& options) {
  for (const auto& [zone, server] : options.stubs)
    for (std::string name = zone; !name.empty() && name != ".";) {
      if (const int error = ub_ctx_zone_remove(context, name.c_str()); error != 0) return bad("zone " + name, error);
      const auto dot = name.find('.');
      name = dot == std::string::npos ? "" : name.substr(dot + 1);
    }
  return {};
}

/// The library looks at its anchors only when the context is fixed, which taking away a zone that is not there does.
Result<void> fix(ub_ctx* context, const ResolverOptions& options) {
  const int error = ub_ctx_zone_remove(context, "none.invalid.");
  const auto& file = options.trust_anchor_file;
  if (error != 0) return bad("the trust anchors" + (file.empty() ? "" : " in " + file) + " cannot be used", error);
  return {};
}

}  // namespace

void UnboundFree::operator()(ub_ctx* context) const { ub_ctx_delete(context); }
void UnboundFree::operator()(event_base* base) const { event_base_free(base); }

// The order matters to libunbound: the last steps fix the context.
Result<UnboundContext> unbound_context(const ResolverOptions& options) {
  UnboundContext made;
  made.base.reset(event_base_new());
  if (made.base) made.context.reset(ub_ctx_create_event(made.base.get()));
  auto* const context = made.context.get();
  if (context == nullptr) return fail(Failure::ours, "resolver: out of memory or descriptors");
  ub_ctx_debugout(context, nullptr);  // it would write to standard error
  if (auto ok = set_options(context); !ok) return std::unexpected(ok.error());
  if (auto ok = set_sources(context, options); !ok) return std::unexpected(ok.error());
  if (auto ok = set_servers(context, options); !ok) return std::unexpected(ok.error());
  if (auto ok = set_anchors(context, options); !ok) return std::unexpected(ok.error());
  if (auto ok = fix(context, options); !ok) return std::unexpected(ok.error());
  if (auto ok = remove_built_in(context, options); !ok) return std::unexpected(ok.error());
  return made;
}

}  // namespace mailprobe::dns
