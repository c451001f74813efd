// schema: how a scenario file may look, for editors and CI.
#include "scenarios/schema.h"
#include "app/commands.h"
#include "app/console.h"
#include "app/exit_status.h"
#include "app/logging.h"

namespace mailprobe::app {

int run(const SchemaCommand&, const Setting&) {
  write_out(scenarios::schema_json());
  return exit_ok;
}

}  // namespace mailprobe::app
