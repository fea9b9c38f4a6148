-- Keys made before customers were a scope of their own read them with shipments, exceptions and the look-up; version 1 of the API keeps that.
update api_key set scopes = array_append(scopes, 'customers:read')
where scopes && array['shipments:read', 'exceptions:read', 'lookup:read'] and not 'customers:read' = any(scopes);
