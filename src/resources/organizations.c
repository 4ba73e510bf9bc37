#include "handlers.h"
#include "operation/bulk.h"
#include "statements.h"

/* 批量导入单位 · Organizations from a CSV or a JSON batch, all or none. */
struct reply import_organizations(struct exchange *exchange)
{
	static const struct bulk organizations = {.statement = &statement_run_organization_import};
	return bulk_import(exchange, &organizations);
}

/* 导出单位 · The organizations that the caller administers. */
struct reply export_organizations(struct exchange *exchange)
{
	return bulk_export(exchange, &statement_organizations_to_export, "organizations");
}
