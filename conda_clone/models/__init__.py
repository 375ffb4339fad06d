"""Values: versions, specs, channels, records, graphs, events; nothing here touches the outside."""
