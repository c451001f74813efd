// The certificates of the lab's servers, good and bad, out of an authority that lives as long as the lab.
#pragma once

#include <string>

#include "lab/faults.h"
#include "tls/authority.h"
#include "tls/stream.h"

namespace mailprobe::lab {

/// What a server of that name shows: the server's side of a handshake.
Result<tls::Handshake> identity(const tls::Authority& authority, const std::string& name, const Faults& faults = {});

}  // namespace mailprobe::lab
