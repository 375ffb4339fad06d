"""Values: versions, specs, channels, records, graphs and events; nothing here touches the outside."""
