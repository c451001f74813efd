// The certificates of the lab's servers, good and bad, out of an authority that lives as long as the lab.
#pragma once

#include <string>
#include <vector>

#include "lab/faults.h"
#include "tls/authority.h"
#include "tls/stream.h"

namespace mailprobe::lab {

/// What a server of that name shows, and the digest of its key (a TLSA record 3 1 1).
struct Shown {
  tls::Handshake handshake;
  std::string spki_sha256;
};
Result<Shown> shown_by(const tls::Authority& authority, const std::string& name, const Faults& faults = {});

/// The server's side of a handshake alone.
Result<tls::Handshake> identity(const tls::Authority& authority, const std::string& name, const Faults& faults = {});

/// One server of many names: a good certificate for each group of them, chosen by the client's SNI. At least one group.
Result<tls::Handshake> identity_of_many(const tls::Authority& authority,
                                        const std::vector<std::vector<std::string>>& groups);

}  // namespace mailprobe::lab
