"""PyTorch's names: functions, methods, creation, shapes, types."""
