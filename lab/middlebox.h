// What can stand between a mail server and its clients, or be wrong with the server's own buffers: a Stream over
// another that meddles with STARTTLS, or with line ends. For the lab's faulty targets. RFC 3207 §6; CVE-2021-22947,
// CVE-2011-0411, CVE-2023-51764.
#pragma once

#include <memory>

#include "lab/faults.h"
#include "tls/stream.h"

namespace mailprobe::lab {

/// The stream itself where there is no meddling.
std::unique_ptr<tls::Stream> meddled_with(std::unique_ptr<tls::Stream> stream, Meddling how);

}  // namespace mailprobe::lab
